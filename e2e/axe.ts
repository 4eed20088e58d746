/** What axe finds wrong with a page, as far as it is serious. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** `rules`: these alone; otherwise all. */
export async function seriousFaults(page: Page, rules?: string[]): Promise<string[]> {
  // Only what is wrong is gathered, and in this page, which has no frames: otherwise a second page is opened for each look.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  if (rules) axe.withRules(rules);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
