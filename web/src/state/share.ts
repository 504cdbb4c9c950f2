/** A share of a holding as a fraction of whole numbers. */
export interface Share {
  n: number;
  d: number;
}

/** readShare reads what people write for a share: 1/2, １／２, 50%, 0.5, 1; null is none, or more than the whole. */
export function readShare(text: string): Share | null {
  const plain = text.normalize("NFKC").replace(/\s/g, "");
  const fraction = /^(\d{1,9})\/(\d{1,9})$/.exec(plain);
  if (fraction) return lawful({ n: Number(fraction[1]), d: Number(fraction[2]) });
  const decimal = /^(\d{1,3})(?:\.(\d{1,6}))?(%?)$/.exec(plain);
  if (!decimal) return null;
  const [, whole = "", part = "", percent] = decimal;
  return lawful({ n: Number(whole + part), d: 10 ** part.length * (percent ? 100 : 1) });
}

const lawful = ({ n, d }: Share): Share | null => {
  if (n <= 0 || d <= 0 || n > d) return null;
  const by = divisor(n, d);
  return { n: n / by, d: d / by };
};

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

export const shareText = ({ n, d }: Share): string => `${n}/${d}`;

/** asShare writes a share as the service takes it; what is none is left as it is, for the service to refuse in its words. */
export function asShare(text: string): string {
  const share = readShare(text);
  return share ? shareText(share) : text.trim();
}

/** sumOf adds shares exactly; null where one of them cannot be read. */
export function sumOf(texts: readonly string[]): string | null {
  let [n, d] = [0n, 1n];
  for (const text of texts) {
    const share = readShare(text);
    if (!share) return null;
    [n, d] = [n * BigInt(share.d) + BigInt(share.n) * d, d * BigInt(share.d)];
    let [a, b] = [n, d];
    while (b !== 0n) [a, b] = [b, a % b];
    [n, d] = [n / a, d / a];
  }
  return `${n}/${d}`;
}
