/** All that can be found in the lab and on the page now, and where each leads. Digests of boxes' parts are asked of their TVMMs. */
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { LabView } from "../../engine/lab/index.ts";
import type { Scenario } from "../../engine/scenarios/index.ts";
import { allBoxes, type Facts } from "../facts/facts.ts";
import { endName, seconds, shortDigest, shortenDigests } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { useLesson } from "../lesson/lesson.ts";
import { openMessage, useMessagesView } from "../messages/view.ts";
import { beside } from "../page/focus.ts";
import { chooseTheme, type Theme } from "../page/media.ts";
import { chooseLens, enterZoom, LENSES, leaveZooms, showInLens, toggleMonitor, usePage } from "../page/page.ts";
import { challenge, chooseLab } from "../page/session.ts";
import { texts } from "../texts.ts";
import { messagesWith, type Thing } from "./search.ts";

const WORDS = texts.find;
const THEMES: readonly Theme[] = ["light", "dark", "projector"];

/** Focuses what stands there once the page was drawn anew. */
function focusAt(selector: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus()));
}

function selectBox(path: string): void {
  leaveZooms();
  usePage.setState({ box: path });
  focusAt(`[data-anchor="${CSS.escape(path)}"] .box-open`);
}

const boxes = (facts: Facts): Thing[] => [
  ...allBoxes(facts).map(
    ({ path, status }): Thing => ({
      key: `box ${path}`,
      group: "boxes",
      title: path,
      detail: `${texts.stage[status.kind]}, ${status.state}, ${status.image}`,
      ...(status.primary === undefined ? {} : { digest: status.primary }),
      go: () => selectBox(path),
    }),
  ),
  ...facts.machines.map(
    ({ info, power }): Thing => ({
      key: `machine ${info.id}`,
      group: "boxes",
      title: info.id,
      detail: `${info.title}, ${power}`,
      go: () => enterZoom({ kind: "machine", platform: info.id, tab: "calls" }),
    }),
  ),
  ...facts.wires.map(
    ({ id }): Thing => ({
      key: `wire ${id}`,
      group: "boxes",
      title: id,
      detail: WORDS.wire,
      go: () => enterZoom({ kind: "wire", wire: id }),
    }),
  ),
];

function digestThing(of: string, what: string, digest: string, box: string | null): Thing {
  return {
    key: `digest ${of} ${what}`,
    group: "digests",
    title: `${of} ${what}`.trim(),
    detail: shortDigest(digest),
    digest,
    go: () => showInLens("measurements", box, digest),
  };
}

/** What the machines themselves told. */
const measured = (facts: Facts): Thing[] =>
  facts.machines.flatMap((machine) => {
    const box = machine.boxes[0]?.path ?? null;
    return [
      ...machine.measured.map(({ name, digest }) =>
        digestThing(machine.info.id, texts.measurements.kinds[name] ?? name, digest, box),
      ),
      ...machine.boxes.flatMap(({ path, status }) =>
        status.primary === undefined ? [] : [digestThing(path, "", status.primary, path)],
      ),
    ];
  });

/** Parts of a box down to its disks' roots; blocks by the thousand are not among them. */
function parts(node: MeasurementNode, path: string): Thing[] {
  const inner = (node.children ?? []).flatMap((child) => parts(child, path));
  if (["tree", "block", "vm", "firmware", "loader", "tvmm"].includes(node.kind)) return inner;
  const kind = texts.measurements.kinds[node.kind] ?? node.kind;
  const name = node.name === node.kind || node.kind === "command-line" ? kind : `${kind} ${node.name}`;
  const [platform = path] = path.split("/");
  return [digestThing(node.kind === "chip" ? platform : path, name, node.digest, path), ...inner];
}

/** Down to the disks. */
const DEPTH = 5;

/** Asks every box that can tell for what it is made of. */
export async function askParts(view: LabView): Promise<Thing[]> {
  const { lab } = view.terra;
  if (!lab) return [];
  const answers = await Promise.allSettled(
    lab.vms().map(async (path) => parts(await lab.vm(path).measurements({ depth: DEPTH }), path)),
  );
  const all = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  // Each box tells its machine's chip.
  return all.filter(({ key }, index) => all.findIndex((other) => other.key === key) === index);
}

function steps(): Thing[] {
  const { scenario } = useLesson.getState();
  return (scenario?.steps ?? []).map(
    ({ id, title, paper }, index): Thing => ({
      key: `step ${id}`,
      group: "steps",
      title: `${index + 1} ${title}`,
      detail: paper,
      go() {
        useLesson.setState({ opened: id });
        usePage.setState({ drawer: true });
        focusAt(".lesson");
      },
    }),
  );
}

function commands(view: LabView): Thing[] {
  const command = (title: string, detail: string, go: () => void): Thing => ({
    key: `command ${title}`,
    group: "commands",
    title,
    detail,
    go,
  });
  const closed = allBoxes(useFacts.getState()).filter(
    ({ status }) => status.kind === "closed" && status.state === "on",
  );
  return [
    ...LENSES.map((lens, index) =>
      command(WORDS.lens(texts.lenses[lens]), String(index + 1), () => {
        const place = beside(lens);
        if (place) place.focus();
        else chooseLens(lens);
      }),
    ),
    ...(["sequence", "list"] as const).map((form) =>
      command(WORDS.messagesAs(texts.messages[form]), "", () => {
        useMessagesView.setState({ form });
        chooseLens("messages");
      }),
    ),
    ...closed.map(({ path, status }) =>
      command(texts.verifier.challenge(status.name), texts.verifier.challengeWhy, () => {
        void challenge(view, path);
        showInLens("verifier", path, null);
      }),
    ),
    command(texts.monitor.full, "F", toggleMonitor),
    ...THEMES.map((theme) => command(WORDS.theme(texts.top.themes[theme]), "", () => chooseTheme(theme))),
    command(texts.keys.open, "?", () => usePage.setState({ keys: true })),
    command(texts.limits.title, "", () => usePage.setState({ limits: true })),
  ];
}

const labs = (view: LabView, scenarios: readonly Scenario[]): Thing[] =>
  view.terra.labs().map(
    ({ id, title }): Thing => ({
      key: `lab ${id}`,
      group: "labs",
      title,
      detail: scenarios.find(({ lab }) => lab === id)?.chapter ?? "",
      go: () => chooseLab(view, scenarios, id),
    }),
  );

/** All but messages, which are too many to be made things of, and parts, which have to be asked for. */
export const thingsNow = (view: LabView, scenarios: readonly Scenario[]): Thing[] => {
  const facts = useFacts.getState();
  return [...boxes(facts), ...measured(facts), ...steps(), ...labs(view, scenarios), ...commands(view)];
};

export function messageThings(query: string, most: number): Thing[] {
  const { messages, machines } = useFacts.getState();
  return messagesWith(messages, query, most).map(
    ({ sequence, kind, from, to, time, summary }): Thing => ({
      key: `message ${sequence}`,
      group: "messages",
      title: `${kind}, ${shortenDigests(summary)}`,
      detail: `${seconds(time)} s, ${endName(from, machines.length, true)} → ${endName(to, machines.length, true)}`,
      go: () => openMessage(sequence),
    }),
  );
}
