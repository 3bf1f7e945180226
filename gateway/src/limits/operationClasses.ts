/**
 * What kind of operation a root field makes of a request. `credentials` guess at secrets or send mails, `payment` asks a provider and costs
 * money, `lookup` reads what belongs to whoever knows two facts. A test holds every name to the supergraph, and every
 * mutation that anybody may call to a class.
 */
export type OperationClass = 'credentials' | 'payment' | 'lookup' | 'write' | 'read';

const FIELDS: Readonly<Record<Exclude<OperationClass, 'write' | 'read'>, readonly string[]>> = {
  credentials: [
    'accountRegister',
    'accountConfirm',
    'accountConfirmationResend',
    'sessionCreate',
    'sessionSecondFactor',
    'sessionRefresh',
    'passwordChange',
    'accountDelete',
    'accountDeactivate',
    'emailChangeRequest',
    'emailChangeConfirm',
    'emailChangeUndo',
    'passwordResetRequest',
    'passwordReset',
    'secondFactorEnroll',
    'secondFactorConfirm',
    'secondFactorDisable',
    'secondFactorRecoveryCodesRenew',
  ],
  payment: ['paymentSessionCreate', 'paymentSessionConfirm'],
  lookup: ['orderByNumber'],
};

/** Classes of which a request may carry one field only: a hundred logins are a hundred requests. */
export const ONE_PER_REQUEST: ReadonlySet<OperationClass> = new Set(['credentials', 'payment', 'lookup']);

const classOfField: ReadonlyMap<string, OperationClass> = new Map(
  Object.entries(FIELDS).flatMap(([name, fields]) => fields.map((field) => [field, name as OperationClass] as const)),
);

/** Every field that has a class of its own. */
export const classifiedFields: readonly string[] = [...classOfField.keys()];

/** The class of one root field. */
export function classOf(kind: 'query' | 'mutation' | 'subscription', field: string): OperationClass {
  return classOfField.get(field) ?? (kind === 'mutation' ? 'write' : 'read');
}
