/** What the vectors of sensors are made of, where not each has one of its own. */
export type EmbeddingChoice =
  | {
      /** A row's vector + a column's, of a table with as many cells as sensors. */
      readonly kind: "table";
      /** Sensors of like days share a row at the start, or chance places them. */
      readonly start: "profile" | "random";
      /** Whether sensors may change their places between the epochs of the float phase. */
      readonly reallocate: boolean;
    }
  | {
      /** One of so many vectors, by the hash of the sensor's name. */
      readonly kind: "hashed";
      readonly rows: number;
    }
  | {
      /** A vector by quotient times one by remainder. */
      readonly kind: "quotient";
    }
  | {
      /** A linear map of what the training span says of the sensor: mean, deviation and shape of a day. */
      readonly kind: "features";
    };
