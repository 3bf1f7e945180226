/** MongoDB's error codes that this store answers with; a name that starts with Location is the number itself. */
const CODES = {
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  InvalidIdField: 53,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NotAReplicaSet: 123,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  NotImplemented: 238,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  Location31253: 31253,
  Location31254: 31254,
  Location31325: 31325,
  Location40323: 40323,
  Location40324: 40324,
  Location40353: 40353,
  Location40414: 40414,
  Location40415: 40415,
  Location40573: 40573,
  Location51024: 51024,
  Location51091: 51091,
} as const;

export type ErrorName = keyof typeof CODES;

/** A command (or one statement of a write command) refused with one of MongoDB's own error codes. */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: ErrorName;
  /** Fields of the answer beside code and message, such as keyPattern and keyValue of a duplicate key. */
  readonly details: Record<string, unknown>;

  constructor(codeName: ErrorName, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'CommandError';
    this.code = CODES[codeName];
    this.codeName = codeName;
    this.details = details;
  }
}

/** The `{ ok: 0 }` answer that the driver turns into a MongoServerError. */
export function errorReply(error: CommandError): Record<string, unknown> {
  return { ok: 0, errmsg: error.message, code: error.code, codeName: error.codeName, ...error.details };
}
