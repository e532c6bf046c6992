export async function pipe(): Promise<void> {}
