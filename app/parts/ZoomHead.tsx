/** The head of a zoom: the way here as crumbs, what is seen, its own tools, and the way out. */
import { Fragment, type ReactNode } from "react";
import { Close } from "../icons/icons.tsx";
import { leaveZoom } from "../page/page.ts";
import { texts } from "../texts.ts";

export interface Crumb {
  words: string;
  go(): void;
}

interface Props {
  crumbs: readonly Crumb[];
  title: ReactNode;
  /** One quiet line beside the title. */
  what?: ReactNode;
  /** The zoom's own tools. */
  children?: ReactNode;
}

export function ZoomHead({ crumbs, title, what, children }: Props) {
  return (
    <header className="zoom-head">
      <nav className="crumbs" aria-label={texts.zoom.way}>
        {crumbs.map(({ words, go }, index) => (
          <Fragment key={words}>
            <button type="button" className="crumb" onClick={go}>
              {index === 0 && <span aria-hidden="true">‹ </span>}
              {words}
            </button>
            {index > 0 && <span aria-hidden="true">›</span>}
          </Fragment>
        ))}
      </nav>
      <h2 className="heading zoom-title">{title}</h2>
      <span className="quiet zoom-what">{what}</span>
      {children}
      <button type="button" className="button quiet-button" aria-label={texts.zoom.leave} onClick={leaveZoom}>
        <Close />
        <span className="key">Esc</span>
      </button>
    </header>
  );
}
