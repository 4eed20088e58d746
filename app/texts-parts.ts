/** The parts of what boxes and TVMMs say to each other: their names, and what each is for. Under the rules of texts.ts. */

export interface PartWords {
  name: string;
  /** One sentence for whoever selects it. */
  why: string;
}

export const PARTS = {
  serial: { name: "Serial", why: "Its issuer’s number for it. A revocation list names it by this." },
  issuer: { name: "Issuer", why: "Who signed it, by its own digest. The next certificate has this as its subject." },
  valid: { name: "Valid", why: "From when to when it holds. A verifier with another clock may refuse it." },
  subject: {
    name: "Subject",
    why: "The digest of what the key was made for. The layer below wrote it here, whatever the request said.",
  },
  key: { name: "Public key", why: "Its private half never leaves the layer that made it." },
  ca: { name: "May certify", why: "How many layers above it may have certificates of their own." },
  usage: { name: "Key may", why: "What a signature by this key may mean." },
  purpose: { name: "Only for", why: "A key for evidence does nothing else, and nothing else makes evidence." },
  tcb: {
    name: "TcbInfo",
    why: "Which layer this is, and the SHA-256 of what was started. A vendor’s certificate adds the product.",
  },
  disks: { name: "Disks", why: "Roots of further attested disks that the box was made with." },
  application: {
    name: "Application",
    why: "What the box itself asked to have in it. The TVMM copies it and judges nothing.",
  },
  keyId: { name: "Key identifier", why: "A short name of the key above." },
  issuerKeyId: { name: "Issuer’s key", why: "A short name of the key that signed it." },
  extension: { name: "Extension", why: "Of no meaning to Terra Lab’s verifiers." },
  signature: { name: "Signature", why: "Over all before it, by the issuer’s key." },
  requestSubject: { name: "Subject", why: "A request may claim any name. Nobody reads it." },
  requestSignature: { name: "Signature", why: "By the key that asks: whoever asks has its private half." },
  signatureLength: { name: "Length", why: "Of the signature that follows, two bytes." },
  evidenceSignature: {
    name: "Signature",
    why: "By the box’s evidence key, over the verifier’s random number and the box’s own certificate.",
  },
  certificate: { name: "Certificate", why: "As PEM: base64 of its bytes. Opened, it shows its fields." },
  nonce: { name: "Nonce", why: "Random, and never used twice: an answer that signs it was made after it." },
  digest: { name: "Digest", why: "The asking box’s own hash, as the TVMM measured it." },
} satisfies Record<string, PartWords>;

export type PartName = keyof typeof PARTS;
