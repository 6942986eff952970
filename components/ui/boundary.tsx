'use client';
import { Component, type ReactNode } from 'react';

export interface BoundaryProps {
  /** Names what is drawn: a failure is told until something else is. */
  readonly of: unknown;
  /** What stands in the place of what could not be drawn. */
  readonly fallback: (error: unknown) => ReactNode;
  readonly children: ReactNode;
}

/** Keeps what fails to draw from taking the page with it. */
export class Boundary extends Component<BoundaryProps, { readonly failed: { error: unknown } | null }> {
  override state: { readonly failed: { error: unknown } | null } = { failed: null };
  static getDerivedStateFromError(error: unknown) {
    return { failed: { error } };
  }
  override componentDidUpdate(before: BoundaryProps) {
    if (before.of !== this.props.of && this.state.failed !== null) this.setState({ failed: null });
  }
  override render() {
    return this.state.failed === null ? this.props.children : this.props.fallback(this.state.failed.error);
  }
}
