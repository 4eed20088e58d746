/**
 * What the rest of Terra Lab may use of attestation: issuing (chip, firmware, loader, TVMM, factory), certificate requests,
 * evidence and its appraisal. Pure: runs in Node, in the page and in every worker, and keeps no state.
 */
export { appraise, CHECKS } from "./appraise.ts";
export { toHex } from "./bytes.ts";
export { type Certificate, commonNameOf, readCertificate } from "./certificate.ts";
export { readRevocationList } from "./crl.ts";
export { type DerNode, readDer } from "./der.ts";
export { exportPublicKey, generateKeyPair } from "./ecdsa.ts";
export { AttestationError } from "./errors.ts";
export {
  evidenceBody,
  evidenceBytes,
  readEvidenceBody,
  signEvidence,
  splitReply,
} from "./evidence.ts";
export type { TcbInfo } from "./extensions.ts";
export {
  type Issuer,
  issueChip,
  issueHardwareRoot,
  issueLayer,
  issueVendorCertificate,
  issueVendorRoot,
  issueVm,
} from "./issue.ts";
export { isLayer, LAYERS, type Layer } from "./layers.ts";
export { OID } from "./oids.ts";
export { readOnePem, readPem, toPem } from "./pem.ts";
export { type CertificateRequest, makeRequest, readRequest } from "./request.ts";
export { issueRevocationList } from "./revoke.ts";
export { readTrust, type Trust, type TrustPolicy, trustDisk, writeTrust } from "./trust.ts";
export type { Acceptable, Appraisal, AppraisalPolicy, CheckName, Evidence } from "./types.ts";
