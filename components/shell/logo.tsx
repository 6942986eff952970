/** Two layers and what is between them. */
export function Logo({ size = 18 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 18 18" aria-hidden className="shrink-0 text-accent">
      <rect x="1.5" y="2" width="4" height="14" rx="1.5" fill="currentColor" />
      <rect x="12.5" y="2" width="4" height="14" rx="1.5" fill="currentColor" opacity="0.45" />
      <path d="M5.5 5h7M5.5 9h7M5.5 13h7" stroke="currentColor" strokeWidth="1.25" />
    </svg>
  );
}
