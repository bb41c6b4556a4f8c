// A text as part of a regular expression.

/** The text with every character escaped that a regular expression would read as more than itself. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
