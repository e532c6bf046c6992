/** Handlers that wait, as those do that ask others over the network. */
export const second = async () => new Promise((resolve) => setTimeout(resolve, 1_000))
export const fiftyMs = async () => new Promise((resolve) => setTimeout(resolve, 50))
export const nothing = async () => {}
