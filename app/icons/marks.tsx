/**
 * Outcome marks, 16 px, always beside their word: disc and tick = verified, octagon and cross = failed, dashed ring = not yet,
 * hollow triangle = the attack works. A step's own marks are ink, never green or red: a refusal may be what was expected.
 */
import type { ReactNode } from "react";

export type OutcomeKind = "ok" | "bad" | "open" | "works";

function Svg({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" fill="none" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const octagon = "M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z";

export function Mark({ kind }: { kind: OutcomeKind }) {
  if (kind === "ok") {
    return (
      <Svg>
        <circle cx="8" cy="8" r="7" fill="currentColor" />
        <path d="M4.8 8.2l2.2 2.2 4.2-4.6" stroke="var(--surface)" strokeWidth="1.6" />
      </Svg>
    );
  }
  if (kind === "bad") {
    return (
      <Svg>
        <path d={octagon} fill="currentColor" />
        <path d="M5.5 5.5l5 5M10.5 5.5l-5 5" stroke="var(--surface)" strokeWidth="1.6" />
      </Svg>
    );
  }
  if (kind === "works") {
    return (
      <Svg>
        <path d="M8 1.8L15 14H1z" stroke="currentColor" strokeWidth="1.4" />
        <path d="M8 6v4M8 11.2v1.4" stroke="currentColor" strokeWidth="1.4" />
      </Svg>
    );
  }
  return (
    <Svg>
      <circle cx="8" cy="8" r="6.3" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2.6 2.35" />
    </Svg>
  );
}

/** A mark and its word in the mark's colour. */
export function Outcome({ kind, children }: { kind: OutcomeKind; children: ReactNode }) {
  return (
    <span className={`outcome ${kind}`}>
      <Mark kind={kind} />
      <span>{children}</span>
    </span>
  );
}

export type StepMarkKind = "to-come" | "done" | "unexpected" | "running";

export function StepMark({ kind }: { kind: StepMarkKind }) {
  if (kind === "done") {
    return (
      <Svg>
        <circle cx="8" cy="8" r="7" fill="currentColor" />
        <path d="M4.8 8.2l2.2 2.2 4.2-4.6" stroke="var(--surface)" strokeWidth="1.6" />
      </Svg>
    );
  }
  if (kind === "unexpected") {
    return (
      <Svg>
        <path d="M1.5 1.5h13v13h-13z" fill="currentColor" />
        <path d="M4.5 6.3h7M4.5 9.7h7M10 4l-4 8" stroke="var(--surface)" strokeWidth="1.5" />
      </Svg>
    );
  }
  if (kind === "running") return <Mark kind="open" />;
  return (
    <Svg>
      <circle cx="8" cy="8" r="3.5" stroke="currentColor" strokeWidth="1.5" />
    </Svg>
  );
}
