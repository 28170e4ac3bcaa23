import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { runToEnd } from "./install";
import { installS3, type S3Server } from "./object-server";

interface User {
  accessKey: string;
  secretKey: string;
}

/** A policy as a person gives it to a user or a role. */
export interface Policy {
  Statement: { Action: string[] }[];
}

/** A new versioned bucket, as its owner sees it. */
export async function makeBucket(s3: S3Server, Bucket: string) {
  const owner = new S3Client({
    ...{ endpoint: s3.url, region: "us-east-1", forcePathStyle: true },
    credentials: { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
  });
  await owner.send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await owner.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  return {
    /** A plain user who may do nothing yet. Moto checks nothing: its users are its owner. */
    makeUser: async (name: string): Promise<User> => {
      if (s3.maker !== "versitygw") return s3;
      const user = { accessKey: `user-of-${name}`, secretKey: `secret-of-${name}` };
      const { program } = await installS3();
      await runToEnd(program, [
        ...["admin", "-a", s3.accessKey, "-s", s3.secretKey, "--endpoint-url", s3.url],
        ...["create-user", "-a", user.accessKey, "-s", user.secretKey, "-r", "user"],
      ]);
      return user;
    },
    /** From now on each user may do what its policy says, and nothing else. */
    allow: async (policies: [User, Policy][]): Promise<void> => {
      // In a bucket's own policy, who is meant has to be said.
      const Statement = policies.flatMap(([user, policy]) =>
        policy.Statement.map((one) => ({ ...one, Principal: { AWS: [user.accessKey] } })),
      );
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
      await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    },
    /** Begins an upload in parts that nobody goes on with. */
    beginUpload: async (Key: string): Promise<void> => {
      await owner.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    },
    keys: async (): Promise<string[]> => {
      const { Contents = [] } = await owner.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key = "" }) => Key);
    },
    read: async (Key: string): Promise<string> => {
      const { Body } = await owner.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? "";
    },
    close: () => owner.destroy(),
  };
}

/** The policy with one action less. */
export function without(action: string, { Statement, ...policy }: Policy): Policy {
  const left = Statement.map((one) => ({ ...one, Action: one.Action.filter((each) => each !== action) }));
  return { ...policy, Statement: left.filter(({ Action }) => Action.length > 0) };
}
