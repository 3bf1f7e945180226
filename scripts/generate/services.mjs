/** The subgraphs that exist in the tree, in the order in which they are listed and started. */
export const SERVICES = ['user', 'product', 'cart', 'order', 'payment', 'notification'];
