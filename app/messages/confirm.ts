/** Commands that show, outside the page, what a message holds; for the file into which the page saves its bytes. Pure. */
import type { Message } from "../../engine/lab/api.ts";
import { asText } from "./rows.ts";

export interface Confirmation {
  /** Name under which the bytes are saved. */
  file: string;
  commands: { line: string; output?: string }[];
}

export function confirmations({ kind, sequence, bytes }: Message): Confirmation {
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
  const file = text === null ? `${base}.bin` : `${base}.txt`;
  return { file, commands: [{ line: `xxd ${file}` }] };
}
