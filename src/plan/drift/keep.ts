/** Which of the two is right: the other is made like it. */
export type Keep = 'catalog' | 'database';
