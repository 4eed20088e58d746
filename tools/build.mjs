/** `npm run build`: everything that dist/ needs, and dist/ itself, built anew. */
import process from "node:process";
import { explain } from "./progress.mjs";
import { buildSite, setup } from "./setup.mjs";

const again = process.argv.includes("--force");
if (!(await setup("build"))) process.exitCode = 1;
else if (again) {
  try {
    console.log(await buildSite({ force: true }));
  } catch (error) {
    explain("The site", error);
    process.exitCode = 1;
  }
}
