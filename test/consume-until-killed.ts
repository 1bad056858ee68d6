/**
 * node test/consume-until-killed.ts AMQP_URL QUEUE TAG [exclusive]: a consumer in a process of its own, which says "ready"
 * and waits. `exclusive`: of a queue of its own, which it declares.
 */
import { connect } from 'amqplib';

const [url = '', queue = '', tag = '', kind = ''] = process.argv.slice(2);
const connection = await connect(url, { clientProperties: { connection_name: tag } });
const channel = await connection.createChannel();
if (kind === 'exclusive') await channel.assertQueue(queue, { exclusive: true });
await channel.consume(queue, () => {}, { consumerTag: tag });
process.stdout.write('ready\n');
