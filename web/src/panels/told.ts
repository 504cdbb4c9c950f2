import type { Problem } from "../api/client";
import { sentenceGap } from "../i18n";

export type Fault = NonNullable<Problem["body"]["errors"]>[number];

/** faultsOf lists what a refusal holds against what was sent. */
export const faultsOf = ({ body, message }: Problem): readonly Fault[] =>
  body.errors?.length ? body.errors : [{ code: body.code, detail: message }];

/** told says a refusal and how to mend it, in the words of the server. */
export const told = (problem: Problem): string =>
  faultsOf(problem)
    .flatMap(({ detail, mend }) => [detail, mend])
    .filter(Boolean)
    .join(sentenceGap());
