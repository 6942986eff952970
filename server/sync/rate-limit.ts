/** Token bucket: `rate` per second, with a burst of ten times that unless told. Times in milliseconds. */
export class RateLimit {
  private tokens: number;
  private at: number;

  constructor(
    private readonly rate: number,
    private readonly now: () => number = () => performance.now(),
    private readonly burst = rate * 10,
  ) {
    this.tokens = this.burst;
    this.at = now();
  }

  /** Nothing was taken lately: it may be forgotten. */
  get isFull(): boolean {
    this.refill();
    return this.tokens === this.burst;
  }

  /** False when `cost` is more than what is left. */
  take(cost = 1): boolean {
    this.refill();
    if (this.tokens < cost) return false;
    this.tokens -= cost;
    return true;
  }

  /** Taken in any case, and owed where there is less; false then. */
  charge(cost: number): boolean {
    this.refill();
    this.tokens = Math.max(-this.burst, this.tokens - cost);
    return this.tokens >= 0;
  }

  get left(): number {
    this.refill();
    return this.tokens;
  }

  private refill(): void {
    const now = this.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
  }
}
