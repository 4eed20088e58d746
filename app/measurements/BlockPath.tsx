/** A chosen block: the digests on the way to it from the root, and the command that confirms the one that is looked at. */
import { useEffect, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { Close } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { Digest } from "../parts/Digest.tsx";
import { texts } from "../texts.ts";
import { type Confirmation, confirmBlock, confirmDisk, type VerityDisk } from "./commands.ts";
import { hashBlocksOver } from "./layout.ts";

interface Step {
  name: string;
  digest: string;
  /** Where it lies in the medium, in blocks; null: the root, which lies in the descriptor. */
  place: number | null;
}

/** The nodes from the chip to the disk, by name. */
const DISK_PATH = ["firmware", "loader", "tvmm"];

/** Asked of the TVMM; empty until it answers, and for a tree that was never read. */
function useSteps(box: BoxFacts, disk: MeasurementNode, block: number | null): Step[] {
  const view = useView();
  const [state, setState] = useState<{ of: string; steps: Step[] }>({ of: "", steps: [] });
  const total = disk.blocks?.total ?? 0;
  const of = `${box.path} ${box.starts} ${disk.name} ${block}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `of` says what is asked
  useEffect(() => {
    const { lab } = view.terra;
    if (block === null || !lab?.vms().includes(box.path)) return;
    let current = true;
    const vm = lab.vm(box.path);
    // The top hash block's digest is the root: the disk itself is its node.
    const hashes = hashBlocksOver(block, total).slice(1);
    const names = [...hashes.map(({ index }) => String(index)), String(block)];
    const ask = async (): Promise<Step[]> => {
      const steps: Step[] = [{ name: texts.measurements.root, digest: disk.digest, place: null }];
      const path = [...DISK_PATH, box.status.name, disk.name];
      for (const [at, name] of names.entries()) {
        path.push(name);
        const { digest } = await vm.measurements({ path: [...path], depth: 0 });
        const hash = hashes[at];
        steps.push({
          name: hash ? texts.measurements.hashBlock(hash.index) : texts.measurements.blockName(block),
          digest,
          place: hash?.place ?? block,
        });
      }
      return steps;
    };
    ask().then(
      (steps) => current && setState({ of, steps }),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [view, of]);
  return state.of === of ? state.steps : [];
}

interface Props {
  box: BoxFacts;
  disk: MeasurementNode;
  source: VerityDisk | null;
  block: number | null;
  /** The lowest block that was found wrong, if any. */
  failed: number | null;
  onLeave(): void;
}

/** What a command must say is what lies on the medium: of a block that failed not what the tree says. */
function confirmationOf({ source, failed, block, box }: Props, step: Step | undefined): Confirmation | null {
  if (!source) return null;
  if (step?.place == null) return confirmDisk(source, failed);
  const { halt } = box.status;
  const found = step.place === block && halt?.block === block ? halt.found : undefined;
  return confirmBlock(source, step.place, found ?? step.digest);
}

/** The way to the block, and its command; with no block chosen, the disk's. */
export function useBlockPath(props: Props) {
  const { box, disk, block, onLeave } = props;
  const steps = useSteps(box, disk, block);
  const [looked, setLooked] = useState<{ block: number | null; at: number }>({ block: null, at: 0 });
  const at = looked.block === block && looked.at < steps.length ? looked.at : steps.length - 1;
  const command = confirmationOf(props, block === null ? undefined : steps[at]);
  const path = block !== null && steps.length > 0 && (
    <span className="block-path">
      {steps.map(({ name, digest, place }, index) => (
        <span key={place ?? "root"} className="block-step">
          {index > 0 && <span aria-hidden="true">›</span>}
          <button type="button" aria-pressed={index === at} onClick={() => setLooked({ block, at: index })}>
            {name}
          </button>
          <Digest value={digest} what={name} />
        </span>
      ))}
      <button type="button" className="icon-button" aria-label={texts.measurements.leaveBlock} onClick={onLeave}>
        <Close />
      </button>
    </span>
  );
  return { path, command };
}
