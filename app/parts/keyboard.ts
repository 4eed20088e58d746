/** Whose a key is: a box that has the keyboard gets it, then a field that is typed in, then the page. */

/** Does a box get the keys? */
export const inBox = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("[data-keyboard], .xterm") !== null;

/** Fields that make text of letters; a choice among some makes none. */
const TEXT = "input:not([type=radio], [type=checkbox], [type=button], [type=file])";

/** Does somebody write there, so that single letters are none of the page's keys? */
export const typing = (target: EventTarget | null): boolean =>
  inBox(target) || (target instanceof Element && target.closest(`${TEXT}, textarea, select`) !== null);
