/** What the page says about its lesson: steps, transport, keys. What a step itself says stands with its scenario. */

const upTo = (last: number) => (last === 1 ? "step 1 was" : `steps 1–${last} were`);

export const lessonTexts = {
  lesson: {
    none: "This lab has no lesson. Its machines can be used freely.",
    expected: (paper: string) => `Expected · ${paper}`,
    observed: "Observed",
    running: "under way",
    asExpected: "As expected",
    notAsExpected: "Not as expected",
    didNotEnd: "Did not come to an end",
    next: "Next step",
    run: "Run this step",
    folded: (last: number) => (last === 1 ? "1 done" : `1–${last} done`),
    unfold: "Show the steps that are done",
    fold: "Hide the steps that are done",
    back: "Back to the lesson’s view",
    position: (at: number, of: number) => `Step ${at} of ${of}`,
    toStart: "Back to the step’s start",
    toStartBefore: "Back to the start of the step before",
    play: "Play all steps",
    pause: "Stop after this step",
    link: "Copy a link to this step",
    linkCopied: "Link copied",
    marker: (number: number) => `Marker ${number}`,
    toCome: "to come",
    steps: "Steps",
    finished: (passed: number, of: number) => `${passed} of ${of} steps as expected`,
    guess: "Your guess",
    willHappen: "What will happen?",
    restsOn: "It rests on",
    opensAnew: "The lab is opened anew.",
    replays: (at: number, title: string, last: number) =>
      `The lab is fresh, and ${last === 1 ? "step 1 is" : `steps 1–${last} are`} played in it. Now ${at}: ${title}.`,
    cameHere: (last: number) =>
      last === 0 ? "The lab was opened anew." : `The lab was opened anew, and ${upTo(last)} played in it.`,
    stays: "The machines are as the step left them; it puts back what it needs when it is run again.",
    brokeOnTheWay: "This step did not come to an end, so the lesson stopped here on its way.",
    stopped: "The lesson was stopped here on its way.",
    noStep: (step: string) => `The address names a step “${step}”; this lesson has none of that name.`,
    again: "Start this step again",
    goHere: "To the start of this step",
    artifacts: {
      message: (sequence: string, kind: string) => `message ${sequence}, ${kind}`,
      forgotten: (sequence: string) => `message ${sequence}, dropped since`,
      frame: (sequence: string, wire: string) => `frame ${sequence} on ${wire}`,
      digest: (name: string, digest: string) => `${name} ${digest}`,
      console: (box: string) => `console of ${box}`,
      screen: (box: string) => `screen of ${box}`,
      gone: (what: string) => `${what}, which is gone`,
    },
    halted: (box: string) => `${box} has halted.`,
  },
  keys: {
    title: "Keys",
    open: "Keys of this page",
    close: "Close",
    letters: "Single letters, digits and signs act as keys",
    lettersNote: "Where they are in the way of speech input or of your hands, switch them off. The rest goes on.",
    boxNote: "A box that has the keyboard gets every key but one: Ctrl Alt Enter gives the keyboard back.",
    groups: [
      {
        title: "Lesson",
        keys: [
          ["N", "run this step, or open the next one"],
          ["B", "back to the step’s start, then to the one before"],
          ["Space", "play all steps, or stop after this one"],
        ],
      },
      {
        title: "Places",
        keys: [
          ["F6", "next region; with Shift, the one before"],
          ["Ctrl K", "find a box, message, digest or step"],
          ["/", "filter what the lens shows"],
          ["Esc", "one level out"],
        ],
      },
      {
        title: "Machines",
        keys: [
          ["← →", "from box to box"],
          ["Enter", "open the box"],
          ["M", "give it the monitor"],
          ["I", "look into it as its owner"],
        ],
      },
      {
        title: "Lens",
        keys: [
          ["1 – 5", "monitor, console, messages, measurements, verifier"],
          ["P", "the players, in a game’s lab"],
          ["[ ]", "less or more room for it"],
          ["F", "monitor at full size"],
          ["J K", "next, previous message"],
        ],
      },
      { title: "This sheet", keys: [["?", "open it"]] },
    ] as const,
  },
};
