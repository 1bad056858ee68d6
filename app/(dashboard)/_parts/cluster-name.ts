/** "rabbit@prod-1" reads better as "prod-1"; a cluster's own name stays. */
export function clusterName(cluster: string | null): string {
  return cluster ? cluster.replace(/^rabbit@/, '') : 'broker';
}
