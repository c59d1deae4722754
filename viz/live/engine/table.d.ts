// The calculus table, the optimisers and their names, as autograd/calculus/javascript.py prints them into a page.

export interface Operand {
    name: string;
    isSequence: boolean;
    standard: number | null;
}

export interface Rule {
    name: string;
    symbol: string;
    operands: Operand[];
    result: (...operands: any[]) => number;
    partials: ((y: number, ...operands: any[]) => any)[];
}

export interface Stage {
    states: number;
    step: (g: number, p: number, rate: number, t: number, ...states: number[]) => number[];
}

export const RULES: Map<string, Rule>;
export const STAGES: Record<string, Stage>;
