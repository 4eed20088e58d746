/** What stands in one node that is no disk: its whole digest, who hashed what, where it lies, and the command that confirms it. */
import { useEffect, useMemo, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { bytes } from "../facts/format.ts";
import { Copy } from "../icons/icons.tsx";
import { Mark } from "../icons/marks.tsx";
import { useView } from "../page/session.ts";
import { copyText } from "../parts/copy.ts";
import { texts } from "../texts.ts";
import { Confirm, SaveFile, type SourceFile } from "./Confirm.tsx";
import { type Confirmation, confirmCertificate, confirmFile, confirmText } from "./commands.ts";
import { readEntry, useDescriptor } from "./media.ts";
import { label, marks } from "./TreeRows.tsx";

interface Place {
  medium: string;
  entry: string;
  /** Name of the file into which it is saved. */
  file: string;
}

/** Entry of the flash, or of the image's firmware medium; undefined for what lies in no entry of its own. */
function placeOf({ kind, name }: MeasurementNode, machine: MachineFacts, box: BoxFacts | null): Place | undefined {
  if (kind === "firmware" || kind === "loader") return { medium: "flash", entry: kind, file: `${kind}.js` };
  if (kind === "tvmm") {
    const entry = `tvmm.${machine.tvmm}`;
    return { medium: "flash", entry, file: `${entry}.js` };
  }
  if (!box) return undefined;
  const { medium } = box.status;
  if (kind === "vm") return { medium, entry: "descriptor.json", file: "descriptor.json" };
  return kind === "kernel" ? { medium, entry: name, file: name } : undefined;
}

function Whole({ value, what }: { value: string; what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <span className="whole-digest">
      <code>{value}</code>
      <button
        type="button"
        className="icon-button"
        aria-label={texts.copy.digest(what, value)}
        onClick={() => void copyText(value).then(setCopied)}
      >
        {copied ? <Mark kind="ok" /> : <Copy />}
      </button>
      {copied && <span role="status">{texts.copy.copied}</span>}
    </span>
  );
}

interface Props {
  machine: MachineFacts;
  /** The box that the node belongs to; null in the chain. */
  box: BoxFacts | null;
  node: MeasurementNode;
  state: MeasurementNode["state"];
}

/** The text of a command line is in the descriptor; only a box's own node needs it. */
function CommandLine({ box, digest }: { box: BoxFacts; digest: string }) {
  const descriptor = useDescriptor(box);
  if (!descriptor) return <p className="quiet">{texts.measurements.noCommand}</p>;
  return <Confirm command={confirmText(descriptor.commandLine, digest)} whole />;
}

export function NodeView({ machine, box, node, state }: Props) {
  const view = useView();
  const { kind, digest } = node;
  const place = placeOf(node, machine, box);
  const stage = machine.stages.find(({ name }) => name === kind);
  const size = machine.measured.find(({ name }) => name === kind)?.size ?? stage?.size;
  const platform = machine.info.id;
  const certificate = kind === "chip" ? stage?.certificate : undefined;
  const file = useMemo((): SourceFile | null => {
    if (certificate !== undefined) {
      return { name: `${platform}-chip.pem`, read: async () => new TextEncoder().encode(certificate) };
    }
    if (!place) return null;
    return { name: place.file, read: () => readEntry(view, platform, place.medium, place.entry) };
  }, [certificate, place, platform, view]);
  const command: Confirmation | null =
    file === null ? null : kind === "chip" ? confirmCertificate(file.name, digest) : confirmFile(file.name, digest);
  const open = kind === "vm" && box?.status.kind === "open";
  return (
    <section className="node-view" aria-label={label(node)}>
      <h3>
        {label(node)}
        {box ? (
          <span className={`outcome ${marks[state]}`}>
            <Mark kind={marks[state]} /> {texts.measurements[state]}
          </span>
        ) : (
          <span className="quiet">{texts.measurements.measured}</span>
        )}
      </h3>
      <p className="prose">{open ? texts.measurements.openBox : texts.measurements.about[kind]}</p>
      <dl className="node-facts">
        <dt>{texts.measurements.digest}</dt>
        <dd>
          <Whole value={digest} what={label(node)} />
        </dd>
        {size !== undefined && (
          <>
            <dt>{texts.measurements.size}</dt>
            <dd>{bytes(size)}</dd>
          </>
        )}
        {place && (
          <>
            <dt>{texts.measurements.lies}</dt>
            <dd>{texts.measurements.entry(place.medium, place.entry)}</dd>
          </>
        )}
      </dl>
      <div className="node-confirm">
        <h4>{texts.measurements.confirm}</h4>
        {file && <SaveFile file={file} />}
      </div>
      {kind === "command-line" && box ? <CommandLine box={box} digest={digest} /> : <Confirm command={command} />}
    </section>
  );
}
