/** The command that gives the same digest outside the page, and the files it needs, as they lie on the machine's media now. */
import { Save } from "../icons/icons.tsx";
import { Command } from "../parts/Command.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";
import type { Confirmation } from "./commands.ts";

export interface SourceFile {
  name: string;
  read(): Promise<Uint8Array | null>;
}

export function SaveFile({ file }: { file: SourceFile }) {
  const save = async () => {
    const bytes = await file.read();
    if (bytes) saveFile(file.name, bytes);
  };
  return (
    <button
      type="button"
      className="chip file-chip"
      title={texts.measurements.save(file.name)}
      onClick={() => void save()}
    >
      <Save />
      {file.name}
    </button>
  );
}

export function Confirm({ command, whole = false }: { command: Confirmation | null; whole?: boolean }) {
  return (
    <div className="confirm">{command && <Command line={command.line} output={command.output} whole={whole} />}</div>
  );
}
