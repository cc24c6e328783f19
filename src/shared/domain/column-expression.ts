import { headerKey } from './header-names.ts';

/** A computed column: a tree over columns and exact numbers, never text that something else evaluates. */
export type ColumnExpression =
  | { readonly kind: 'column'; readonly column: number; readonly header: string }
  /** `digits / 10^scale` */
  | { readonly kind: 'number'; readonly digits: bigint; readonly scale: number }
  | { readonly kind: 'negate'; readonly operand: ColumnExpression }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*';
      readonly left: ColumnExpression;
      readonly right: ColumnExpression;
    };

/** Why an expression is refused; `position` is the 1-based character where. */
export interface ExpressionProblem {
  readonly position: number;
  readonly message: string;
}

export type ParsedExpression = { readonly tree: ColumnExpression } | { readonly problem: ExpressionProblem };

type Token =
  | { readonly kind: 'number' | 'name' | 'quoted' | 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const MAX_DEPTH = 30;
const MAX_TOKENS = 200;

class Refused extends Error {
  readonly problem: ExpressionProblem;
  constructor(position: number, message: string) {
    super(message);
    this.problem = { position, message };
  }
}

// Names may be several words ("Unit Price"); other characters need brackets ("[Sub-Total (KES)]").
const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?|\.\d+)(?![\p{L}\d_.])|\[(?<quoted>(?:[^\]]|\]\])+)\]|(?<name>[\p{L}_][\p{L}\p{M}\p{N}_]*(?:[ \t]+[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)*)|(?<symbol>[-+*()−×]))/uy;

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  while (at < end) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const lead = /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    const where = at + lead + 1;
    if (match === null) {
      const found = text.slice(at + lead, at + lead + 1);
      if (found === '[') throw new Refused(where, 'This bracket is not closed, or is empty.');
      if (found === '/') throw new Refused(where, 'Division is not possible here; use +, - and *.');
      throw new Refused(
        where,
        `“${found}” is not understood here. Put unusual names in brackets: [Unit-Price].`,
      );
    }
    const { number, quoted, name, symbol } = match.groups ?? {};
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at: where });
    else if (quoted !== undefined) {
      tokens.push({ kind: 'quoted', text: quoted.replaceAll(']]', ']'), at: where });
    } else if (name !== undefined) tokens.push({ kind: 'name', text: name, at: where });
    else if (symbol !== undefined) {
      tokens.push({ kind: 'symbol', text: symbol.replace('−', '-').replace('×', '*'), at: where });
    }
    if (tokens.length > MAX_TOKENS) throw new Refused(where, 'The expression is too long.');
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', at: end + 1 });
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #headers: readonly string[];
  readonly #whose: string;
  #next = 0;

  constructor(tokens: readonly Token[], headers: readonly string[], whose: string) {
    this.#tokens = tokens;
    this.#headers = headers;
    this.#whose = whose;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: 1 };
  }

  #takeSymbol(...symbols: string[]): string | null {
    const token = this.#token;
    if (token.kind !== 'symbol' || !symbols.includes(token.text)) return null;
    this.#next++;
    return token.text;
  }

  whole(): ColumnExpression {
    const tree = this.#sum(0);
    const rest = this.#token;
    if (rest.kind !== 'end')
      throw new Refused(rest.at, `“${rest.text}” does not belong here; is an operator missing?`);
    return tree;
  }

  #sum(depth: number): ColumnExpression {
    if (depth > MAX_DEPTH) throw new Refused(this.#token.at, 'Too many nested parentheses.');
    let left = this.#product(depth);
    for (;;) {
      const operator = this.#takeSymbol('+', '-');
      if (operator === null) return left;
      left = { kind: 'binary', operator: operator === '+' ? '+' : '-', left, right: this.#product(depth) };
    }
  }

  #product(depth: number): ColumnExpression {
    let left = this.#factor(depth);
    while (this.#takeSymbol('*') !== null) {
      left = { kind: 'binary', operator: '*', left, right: this.#factor(depth) };
    }
    return left;
  }

  #factor(depth: number): ColumnExpression {
    if (depth > MAX_DEPTH) throw new Refused(this.#token.at, 'Too many signs or parentheses in a row.');
    if (this.#takeSymbol('-') !== null) return { kind: 'negate', operand: this.#factor(depth + 1) };
    if (this.#takeSymbol('(') !== null) {
      const inner = this.#sum(depth + 1);
      if (this.#takeSymbol(')') === null)
        throw new Refused(this.#token.at, 'A closing parenthesis is missing.');
      return inner;
    }
    const token = this.#token;
    this.#next++;
    if (token.kind === 'number') return this.#number(token.text, token.at);
    if (token.kind === 'name' || token.kind === 'quoted') return this.#column(token.text, token.at);
    const what = token.kind === 'end' ? 'The expression ends too early: a' : `Instead of “${token.text}” a`;
    throw new Refused(token.at, `${what} column, number or parenthesis is expected.`);
  }

  #number(text: string, at: number): ColumnExpression {
    const [whole = '', fraction = ''] = text.split('.');
    if (whole.length > 14 || fraction.length > 8) {
      throw new Refused(at, 'Numbers may have 14 digits before and 8 after the point.');
    }
    return { kind: 'number', digits: BigInt(`${whole}${fraction}` || '0'), scale: fraction.length };
  }

  #column(name: string, at: number): ColumnExpression {
    const exact = this.#headers.flatMap((header, column) => (header.trim() === name.trim() ? [column] : []));
    const key = headerKey(name);
    const alike = this.#headers.flatMap((header, column) => (headerKey(header) === key ? [column] : []));
    const found = exact.length > 0 ? exact : alike;
    const [column] = found;
    if (column === undefined) throw new Refused(at, `${this.#whose} has no column “${name.trim()}”.`);
    if (found.length > 1) throw new Refused(at, `${this.#whose} has more than one column “${name.trim()}”.`);
    return { kind: 'column', column, header: this.#headers[column] ?? name };
  }
}

/**
 * Parses `Sales - Profit`, `[Unit Price] * Qty`, `(A + B) * 0.5`: columns of the file by their header (case and
 * punctuation blind), numbers, `+ - *` and parentheses. `whose` columns they are, for messages.
 */
export function parseColumnExpression(
  text: string,
  headers: readonly string[],
  whose = 'The file',
): ParsedExpression {
  try {
    return { tree: new Parser(tokenise(text), headers, whose).whole() };
  } catch (thrown) {
    if (thrown instanceof Refused) return { problem: thrown.problem };
    throw thrown;
  }
}

/** Zero-based columns that an expression reads, ascending. */
export function expressionColumns(tree: ColumnExpression): number[] {
  const found = new Set<number>();
  const visit = (node: ColumnExpression): void => {
    if (node.kind === 'column') found.add(node.column);
    else if (node.kind === 'negate') visit(node.operand);
    else if (node.kind === 'binary') {
      visit(node.left);
      visit(node.right);
    }
  };
  visit(tree);
  return [...found].sort((a, b) => a - b);
}

interface Scaled {
  readonly digits: bigint;
  readonly scale: number;
}

const rescaled = (value: Scaled, scale: number): bigint => value.digits * 10n ** BigInt(scale - value.scale);

function evaluate(tree: ColumnExpression, e4: (column: number) => bigint | null): Scaled | null {
  switch (tree.kind) {
    case 'number':
      return tree;
    case 'column': {
      const value = e4(tree.column);
      return value === null ? null : { digits: value, scale: 4 };
    }
    case 'negate': {
      const operand = evaluate(tree.operand, e4);
      return operand && { digits: -operand.digits, scale: operand.scale };
    }
    case 'binary': {
      const left = evaluate(tree.left, e4);
      const right = left && evaluate(tree.right, e4);
      if (!left || !right) return null;
      if (tree.operator === '*')
        return { digits: left.digits * right.digits, scale: left.scale + right.scale };
      const scale = Math.max(left.scale, right.scale);
      const other = rescaled(right, scale);
      return { digits: rescaled(left, scale) + (tree.operator === '+' ? other : -other), scale };
    }
  }
}

/**
 * Evaluates exactly; columns give integers of 1/10,000. Null when a column is null. A result with more than four
 * places is rounded once, half away from zero, and says so.
 */
export function evaluateColumnExpression(
  tree: ColumnExpression,
  e4: (column: number) => bigint | null,
): { readonly e4: bigint; readonly rounded: boolean } | null {
  const value = evaluate(tree, e4);
  if (value === null) return null;
  if (value.scale <= 4) return { e4: rescaled(value, 4), rounded: false };
  const divisor = 10n ** BigInt(value.scale - 4);
  const quotient = value.digits / divisor;
  const rest = value.digits % divisor;
  const magnitude = rest < 0n ? -rest : rest;
  const step = magnitude * 2n >= divisor ? (value.digits < 0n ? -1n : 1n) : 0n;
  return { e4: quotient + step, rounded: rest !== 0n };
}

/** Sign of `left - right`, exactly; null when a column that one of them needs is null. */
export function compareExpressions(
  left: ColumnExpression,
  right: ColumnExpression,
  e4: (column: number) => bigint | null,
): -1 | 0 | 1 | null {
  const [a, b] = [evaluate(left, e4), evaluate(right, e4)];
  if (a === null || b === null) return null;
  const scale = Math.max(a.scale, b.scale);
  const difference = rescaled(a, scale) - rescaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
