import { short } from '@/app/_ui/format';

/** "+12/min" in red, "−3/min", "steady"; nothing where it is not known yet. */
export function Growth({ perMinute }: { perMinute: number | null }) {
  if (perMinute === null) return null;
  if (Math.abs(perMinute) < 0.05) return <>steady</>;
  return perMinute > 0 ? (
    <span className="dead ink">+{short(perMinute)}/min</span>
  ) : (
    <>{short(perMinute)}/min</>
  );
}
