// What an envelope claims, before anybody knows whether to believe it. Pure.
import { UsageError } from "../../base/errors.ts";
import { type Envelope, payloadText, statementType } from "./dsse.ts";
import { type Certificate, parseCertificate, parseStatement, predicateTypes } from "./statement.ts";

/** `another statement`: one of the two that lie beside a certificate of conform and say nothing that it does not. */
export function certificateIn(envelope: Envelope, file: string): Certificate | "another statement" | undefined {
  if (envelope.payloadType !== statementType) return undefined;
  try {
    const { predicateType, predicate } = parseStatement(payloadText(envelope), file);
    if (predicateType === predicateTypes.svr || predicateType === predicateTypes.testResult) return "another statement";
    return predicateType === predicateTypes.certificate ? parseCertificate(predicate, file) : undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return undefined;
  }
}
