/** Pages that stand alone: too narrow a window, a browser that lacks something, a page that failed. */
import { Component, type ReactNode } from "react";
import { Wordmark } from "../icons/icons.tsx";
import { Mark } from "../icons/marks.tsx";
import { texts } from "../texts.ts";

function Plain({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="plain">
      <p className="top-name">
        <Wordmark />
        <span>{texts.name}</span>
      </p>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

export function Narrow({ width }: { width: number }) {
  return (
    <Plain title={texts.narrow.title}>
      <p>{texts.narrow.text(width)}</p>
    </Plain>
  );
}

export function MissingFeatures({ features }: { features: readonly string[] }) {
  return (
    <Plain title={texts.missing.title}>
      <p>{texts.missing.text}</p>
      <ul className="plain-list">
        {features.map((feature) => (
          <li key={feature}>{feature}</li>
        ))}
      </ul>
      <p>{texts.missing.which}</p>
    </Plain>
  );
}

/** Catches what the page itself does wrong, so that it is seen and told. */
export class Crash extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <Plain title={texts.crash.title}>
        <p className="outcome bad">
          <Mark kind="bad" />
          <span>{String(this.state.error)}</span>
        </p>
        <p>
          <button type="button" className="button strong" onClick={() => location.reload()}>
            {texts.crash.again}
          </button>
        </p>
      </Plain>
    );
  }
}
