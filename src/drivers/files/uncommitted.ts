// Whether a folder differs from what its git repository holds.
import { execFile } from "node:child_process";

/** False too where there is no repository or no git: nobody can tell, and nobody promised. */
export function uncommitted(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const words = ["-C", folder, "status", "--porcelain", "--", "."];
    execFile("git", words, { timeout: 20_000, maxBuffer: 1 << 20 }, (error, output) => {
      resolve(error === null && output.trim() !== "");
    });
  });
}
