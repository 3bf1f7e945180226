export { appendEvents, OUTBOX_INSERT, outboxRows } from './append.js';
export { type Consumers, startConsumers } from './consumers.js';
export { type DeliveryPolicy, deliveryPolicy } from './courier.js';
export { type EventHandlers, ParkDelivery } from './deliver.js';
export { INBOX_CLAIM, once } from './inbox.js';
export { type Deliveries, type Delivery, type DeliveryState, openDeliveries, type ServiceLag } from './jobs.js';
export { keepListening } from './keepListening.js';
export { queueName } from './names.js';
export { type Relay, type RelayTuning, relayTuning, startRelay } from './relay.js';
