/** The limits as they stand and who set them; the text of the policy, if the machine has a management box. Both are read only here. */
import { useEffect, useState } from "react";
import type { Message } from "../../engine/lab/api.ts";
import type { Limits } from "../../engine/lab/protocol.ts";
import type { MachineFacts } from "../facts/facts.ts";
import { messageOf, splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Terminal } from "../icons/icons.tsx";
import { enterZoom } from "../page/page.ts";
import { openBox, useView } from "../page/session.ts";
import { Command } from "../parts/Command.tsx";
import { Refusal } from "../parts/call.tsx";
import { Digest } from "../parts/Digest.tsx";
import { Role } from "../parts/Role.tsx";
import { texts } from "../texts.ts";
import { useImages } from "./lists.ts";
import { policyMedium, policyText } from "./policy.ts";

const words = texts.machine.limits;

/** The newest message in which this machine's limits were set. */
function lastSet(messages: readonly Message[], platform: string): Message | undefined {
  return messages.findLast(
    ({ kind, from, outcome, summary }) =>
      kind === "management" && outcome === "accepted" && from.startsWith(`${platform}/`) && /^limit\b/i.test(summary),
  );
}

function LimitList({ limits }: { limits: Limits }) {
  const images = useImages();
  const shares = Object.entries(limits.shares);
  return (
    <dl className="limit-list">
      <dt>{words.memory}</dt>
      <dd>{words.memoryOf(limits.memoryMiB)}</dd>
      <dt>{words.images}</dt>
      <dd>
        {limits.images === null
          ? words.any
          : limits.images.map((digest) => (
              <span key={digest} className="limit-image">
                {images.find(({ primary }) => primary === digest)?.id ?? words.unknownImage}{" "}
                <Digest value={digest} what={words.images} />
              </span>
            ))}
        {limits.images?.length === 0 && words.none}
      </dd>
      <dt>{words.share}</dt>
      <dd>{limits.share}</dd>
      {shares.map(([name, share]) => (
        <div key={name}>
          <dt>{words.shareOf(name)}</dt>
          <dd>{share}</dd>
        </div>
      ))}
    </dl>
  );
}

function WhoSet({ machine }: { machine: MachineFacts }) {
  const message = useFacts((facts) => lastSet(facts.messages, machine.info.id));
  if (!message) return <p className="quiet">{words.nobody}</p>;
  return (
    <p>
      {words.setBy(message.from)}{" "}
      <button
        type="button"
        className="link-button"
        onClick={() => enterZoom({ kind: "message", sequence: message.sequence })}
      >
        {texts.call.message}
      </button>
    </p>
  );
}

function usePolicy(
  machine: MachineFacts,
): { medium: string; text: string | null; error: string | null; again(): void } | null {
  const view = useView();
  const [state, setState] = useState<{ text: string | null; error: string | null }>({ text: null, error: null });
  const [reading, setReading] = useState(0);
  const medium = policyMedium(machine);
  const platform = machine.info.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `reading` counts how often it was asked for
  useEffect(() => {
    if (medium === null) return;
    let gone = false;
    const read = async () => {
      const disk = view.terra.lab?.platform(platform).disk(medium);
      return disk ? policyText(await disk.read(0, disk.size)) : "";
    };
    read().then(
      (text) => !gone && setState({ text, error: null }),
      (error: unknown) => !gone && setState({ text: null, error: messageOf(error) }),
    );
    return () => {
      gone = true;
    };
  }, [view, platform, medium, reading]);
  return medium === null ? null : { medium, ...state, again: () => setReading(reading + 1) };
}

function ManagementBox({ machine }: { machine: MachineFacts }) {
  const view = useView();
  const { management, info } = machine;
  const box = machine.boxes.find(({ id }) => id === management?.vm);
  if (info.managedFromPage || !management || management.state === "none") return <p>{words.fromPage}</p>;
  return (
    <>
      <p>{words.management[management.state](management)}</p>
      {box && (
        <button type="button" className="button" onClick={() => openBox(view, box)}>
          <Terminal />
          {words.console(box.status.name)}
        </button>
      )}
    </>
  );
}

export function LimitsTab({ machine }: { machine: MachineFacts }) {
  const policy = usePolicy(machine);
  return (
    <div className="limits-tab">
      <section className="panel" aria-label={words.title}>
        <Role of="owner" />
        <h3 className="panel-title">{words.title}</h3>
        <p className="call-why">{words.why}</p>
        {machine.limits ? <LimitList limits={machine.limits} /> : <p>{words.untold}</p>}
        <WhoSet machine={machine} />
        <h4 className="heading">{words.setThem}</h4>
        <p className="quiet">{words.onlyThere}</p>
        <div className="call-lines">
          <Command line="tvmm limit --memory 256 --images pc,hello --share 0.5" whole />
        </div>
        <h4 className="heading">{words.box}</h4>
        <ManagementBox machine={machine} />
      </section>
      <section className="policy-text" aria-label={words.policy}>
        <div className="list-title">
          <h3 className="heading">{words.policy}</h3>
          {policy && (
            <>
              <span className="quiet">{words.policyOn(policy.medium)}</span>
              <button type="button" className="chip" onClick={policy.again}>
                {words.readAgain}
              </button>
            </>
          )}
        </div>
        {policy === null && <p className="quiet">{words.noPolicy}</p>}
        {policy?.error != null && <Refusal {...splitError(policy.error)} />}
        {policy?.text != null && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
          <pre className="zoom-text" tabIndex={0}>
            {policy.text}
          </pre>
        )}
      </section>
    </div>
  );
}
