/** Commands that show, outside the page, what a message holds; for the file into which the page saves its bytes. Pure. */
import type { Message } from "../../engine/lab/api.ts";
import { pemOf } from "./certificates.ts";
import { asText } from "./rows.ts";

export interface Confirmation {
  /** Name under which the bytes are saved. */
  file: string;
  commands: { line: string; output?: string }[];
}

/** Name under which the certificates in a flight are saved. */
export const certificatesFile = ({ sequence }: Message): string => `message-${sequence}.pem`;

export function confirmations(message: Message): Confirmation {
  const { kind, sequence, bytes } = message;
  const base = `message-${sequence}`;
  if (!bytes) return { file: `${base}.bin`, commands: [] };
  // A certificate request or anything else in DER begins with SEQUENCE.
  if (kind === "endorse" && bytes[0] === 0x30) {
    const file = `${base}.der`;
    return {
      file,
      commands: [
        {
          line: `openssl req -inform DER -in ${file} -noout -verify`,
          output: "Certificate request self-signature verify OK",
        },
        { line: `openssl asn1parse -inform DER -in ${file}` },
      ],
    };
  }
  const text = asText(bytes);
  if (text?.includes("-----BEGIN CERTIFICATE-----")) {
    const file = `${base}.pem`;
    return {
      file,
      commands: [
        { line: `openssl storeutl -noout -text -certs ${file}` },
        { line: `openssl x509 -in ${file} -noout -subject -issuer` },
      ],
    };
  }
  if (kind === "tls" && pemOf(bytes) !== null) {
    const pem = certificatesFile(message);
    return {
      file: `${base}.bin`,
      commands: [
        { line: `openssl crl2pkcs7 -nocrl -certfile ${pem} | openssl pkcs7 -print_certs -noout` },
        { line: `openssl storeutl -noout -text -certs ${pem}` },
      ],
    };
  }
  const file = text === null ? `${base}.bin` : `${base}.txt`;
  return { file, commands: [{ line: `xxd ${file}` }] };
}
