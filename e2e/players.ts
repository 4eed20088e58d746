/** Two machines whose boxes are the game's clients, without a server: the players' lens is there, and nobody plays. */
import type { Page } from "@playwright/test";
import { expect } from "./support.ts";

const machine = (id: string, player: string) => ({
  id,
  focus: player,
  vms: [{ name: player, image: "game-open", nics: [{ role: "internet", connect: ["eth0"] }] }],
});

const LAB = {
  id: "players",
  platforms: [machine("alice", "blue"), machine("bob", "red")],
  wires: [{ id: "internet", ends: ["alice", "bob"] }],
};

/** Shows the lens by its key, with both screens drawn. */
export async function openPlayers(page: Page): Promise<void> {
  await page.evaluate((lab) => window.terra.open(lab).then(() => undefined), LAB);
  await page.keyboard.press("p");
  await expect(page.getByRole("tab", { name: "Players" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("region", { name: "Players’ screens" }).getByRole("application")).toHaveCount(2);
}
