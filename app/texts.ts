/**
 * Every word the page says by itself, in one catalogue: short sentences, present tense, the box or person as subject. What a
 * scenario, a box or an error says is theirs and stands elsewhere. Never: secure, oops, please, exclamation marks.
 */
import type { ManagementStatus } from "../engine/lab/protocol.ts";
import { bytesOf, count } from "./facts/format.ts";
import { gameTexts } from "./texts-game.ts";
import { lessonTexts } from "./texts-lesson.ts";
import { measurementsTexts } from "./texts-measurements.ts";
import { messageTexts } from "./texts-messages.ts";
import { monitorTexts } from "./texts-monitor.ts";
import { ownerTexts } from "./texts-owner.ts";

export const texts = {
  ...ownerTexts,
  ...monitorTexts,
  ...gameTexts,
  ...messageTexts,
  ...lessonTexts,
  name: "Terra Lab",
  top: {
    lab: "Lab",
    limit: "The chip is simulated; the browser is what you really trust",
    theme: (next: string) => `Change to the ${next} theme`,
    themes: { light: "light", dark: "dark", projector: "projector" },
  },
  regions: {
    lesson: "Lesson",
    stage: "Machines",
    lens: "Lens",
    right: "Monitor and verifier",
    bar: "Lenses",
  },
  lenses: {
    players: "Players",
    monitor: "Monitor",
    console: "Console",
    messages: "Messages",
    measurements: "Measurements",
    verifier: "Verifier",
  },
  stage: {
    opening: "The lab is being opened.",
    noLab: "No lab is open.",
    openLab: (title: string) => `Open lab ${title}`,
    openAgain: "Open the lab again",
    managedFromPage: "managed from this page",
    managementBox: "the management box",
    managedBy: (name: string, { state }: ManagementStatus) =>
      state === "ready"
        ? `managed by ${name}`
        : state === "failed"
          ? `${name} failed`
          : `${name} carries out the policy`,
    connections: "Connections",
    connected: (a: string, b: string) => `${a} is connected with ${b}`,
    both: "firmware, loader",
    open: "open",
    closed: "closed",
    off: "off",
    suspended: "suspended",
    identity: "identity",
    noIdentity: "no identity: started as an open box",
    hasMonitor: (platform: string) => `has ${platform}’s monitor`,
    halted: "halted",
    haltedBy: (reason: string) => `halted: ${reason}`,
    panic: "kernel panic",
    reset: "reset",
    noBoxes: "No box yet.",
    wait: "waits",
    fetching: (loaded: number, total: number) => `fetching ${bytesOf(loaded, total)}`,
    starting: (phase: string, loaded: number, total: number) => `${phase} ${bytesOf(loaded, total)}`,
    isStarting: "starting",
    tvmm: "TVMM",
    measured: (size: string) => `measured ${size}, starting`,
    tvmmWaits: "waits for the loader",
    notStarted: "not started",
    otherBuild: (name: string) => `${name} build: it need not keep closed boxes closed`,
    chip: "chip",
    chipNote: "Simulated. Its keys stay in this browser and survive a reload.",
    firmware: "firmware",
    loader: "loader",
    failed: "did not start",
    startAgain: (platform: string) => `Start ${platform} again`,
    powerOn: (platform: string) => `Switch ${platform} on`,
    poweredOff: "Switched off.",
    log: "log, opened by its maker",
    glass: (build: string) => `the ${build} TVMM need not keep it closed`,
    blockWrong: (disk: string, block: number) => `disk ${disk}, block ${count(block)} did not verify`,
    diskWrong: (disk: string) => `disk ${disk} did not verify`,
    firmwareWrong: "what it is started from did not verify",
    noneDelivered: "none of it was delivered",
    nothingStarted: "nothing of it was started",
    haltReason: {
      panic: "Its kernel panicked.",
      reset: "It reset its processor.",
    } as Record<string, string>,
    haltOther: (reason: string) => `Reason: ${reason}.`,
    boxButton: (name: string, kind: string, state: string) => `${name}, ${kind} box, ${state}`,
    verifier: "verifier",
    verifierRole: "Remote party",
    verifierOutside: "outside every machine",
    wire: "Nobody on the way needs to be trusted.",
    challenge: (name: string) => `Challenge ${name}`,
    nothingYet: "Nothing to check yet.",
    checking: "checking",
  },
  console: {
    none: "No box has an open console. A closed box has one only if its maker left it open.",
    closed: (box: string) => `${box} has no console: its maker left none open.`,
    title: (box: string) => `Console of ${box}`,
    choose: "Whose console",
    outputOnly: "output only, opened by its maker",
    release: "Ctrl Alt Enter leaves the console.",
    off: (box: string) => `${box} is off.`,
  },
  measurements: measurementsTexts,
  copy: {
    copy: "Copy",
    copied: "Copied",
    digest: (what: string, whole: string) => `${what} ${whole}, copy`,
  },
  limits: {
    title: "What you really trust",
    close: "Close",
    paragraphs: [
      "The chip is simulated; the browser is what you really trust. There is no tamper-resistant hardware here: the chip of each machine is a worker in this browser, and its keys lie in this browser’s storage.",
      "Whoever controls the browser, its developer tools or this page’s origin can do what no owner of a real machine could: use the chip’s keys, or copy the pixels of a closed box’s screen.",
      "What the lab does enforce, it enforces between its own parts. Firmware, loader, TVMM and boxes run in workers of an opaque origin, started from exactly the bytes that were hashed. They reach no storage, no network and no other part of the page, except through the ports that the layer below handed to them. So a bad TVMM cannot use the chip’s keys, and the owner cannot look into a closed box: by the same rules as in the paper, one level up.",
      "Boxes are real PCs under emulation, with a real Linux kernel. Hashes, certificates and signatures are real and verify with openssl, sha256sum and veritysetup outside this page. Times are those of emulation: compare them with each other, not with hardware.",
      "Attestation says what was started. It does not say that a program has no fault, or that nobody has broken into it since.",
    ],
    source:
      "The architecture is that of Terra (SOSP 2003, doi 10.1145/945445.945464). The paper’s sections are cited at each step.",
  },
  narrow: {
    title: "Terra Lab needs a wider window",
    text: (width: number) =>
      `This window is ${count(width)} pixels wide. The lab shows machines side by side and needs at least 1 024.`,
  },
  missing: {
    title: "This browser lacks something the lab needs",
    text: "Missing here:",
    which:
      "Current Chromium and Firefox have all of it; Chromium 156 and Firefox 153 were tried. The page must come from HTTPS or from localhost.",
  },
  crash: {
    title: "The page itself failed",
    again: "Load the page again",
  },
};
