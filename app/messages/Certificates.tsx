/** The certificates that are shown in a flight of TLS, a small block each. It judges none. */
import { useMemo } from "react";
import { shortenDigests, splitError } from "../facts/format.ts";
import { Save } from "../icons/icons.tsx";
import { Digest } from "../parts/Digest.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";
import { certificatesIn, pemOf, type Shown } from "./certificates.ts";

const WORDS = texts.messages.certificates;

function Name({ value }: { value: string | undefined }) {
  if (value === undefined) return WORDS.noName;
  return /^[0-9a-f]{64}$/.test(value) ? <Digest value={value} /> : value;
}

function Certificate({ certificate }: { certificate: Shown }) {
  if ("error" in certificate) {
    const { text } = splitError(certificate.error);
    return (
      <p>
        {WORDS.unreadable} {shortenDigests(text)}
      </p>
    );
  }
  const { subject, issuer, layer, disks } = certificate;
  return (
    <dl>
      <dt>{WORDS.subject}</dt>
      <dd>
        <Name value={subject} />
      </dd>
      <dt>{WORDS.issuer}</dt>
      <dd>
        <Name value={issuer} />
      </dd>
      {layer && (
        <>
          <dt>{WORDS.says}</dt>
          <dd>
            {WORDS.layer(layer.name)}
            {layer.product === undefined ? "" : `, ${layer.product}`} <Digest value={layer.digest} />
          </dd>
        </>
      )}
      {disks.map(([name, root]) => (
        <div key={name} className="certificate-disk">
          <dt>{WORDS.disk}</dt>
          <dd>
            {name} <Digest value={root} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** `file`: name under which all of them are saved. */
export function Certificates({ flight, file }: { flight: Uint8Array; file: string }) {
  const certificates = useMemo(() => certificatesIn(flight), [flight]);
  if (certificates.length === 0) return null;
  return (
    <section className="certificates" aria-label={WORDS.title}>
      <div className="list-title">
        <h3 className="heading">{WORDS.title}</h3>
        <button
          type="button"
          className="chip"
          onClick={() => saveFile(file, new TextEncoder().encode(pemOf(flight) ?? ""))}
        >
          <Save />
          {file}
        </button>
      </div>
      <p className="quiet">{WORDS.why}</p>
      <ol>
        {certificates.map((certificate, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a flight's certificates never change
          <li key={index}>
            <Certificate certificate={certificate} />
          </li>
        ))}
      </ol>
    </section>
  );
}
