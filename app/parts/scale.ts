/** How much larger a theme draws the page than its own pixels: what getBoundingClientRect says, to what styles say. */
export function scaleOf(element: HTMLElement): number {
  return element.offsetWidth > 0 ? element.getBoundingClientRect().width / element.offsetWidth : 1;
}
