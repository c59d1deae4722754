// What a page begins with, a link holds, and undo returns to.

export interface LayerPlan {
    neurons: number;
    activation: string;
    bias: boolean;
}

export interface DataPlan {
    set: string;
    count: number;
    noise: number;
    heldOut: number;
    seed: number;
}

export interface Points {
    X: number[][];
    y: number[];
    held: boolean[];
}

export interface Plan {
    data: DataPlan;
    points: Points | null;
    features: string[];
    classes: string[];
    scaling: { mean: number[]; scale: number[] } | null;
    layers: LayerPlan[];
    init: string;
    seed: number;
    loss: string;
    optimizer: string;
    rate: number;
    batch: number;
    decay: number;
    frozen: string[];
    orders: number[][] | null;
    parameters: number[] | null;
    step: number;
    states: number[][];
    preset: string;
}
