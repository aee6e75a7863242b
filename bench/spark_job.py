"""The whole-lake job in PySpark: `spark_job.py OUT FILE...` writes three Parquet tables, prints the seconds."""

from __future__ import annotations

import sys
from time import perf_counter

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f


def tables(bars: DataFrame) -> dict[str, DataFrame]:
    """Daily averages, hourly highs and the mean of the last 20 closes."""
    last_20 = Window.partitionBy("symbol").orderBy("ts").rowsBetween(-19, 0)
    prices = ("open", "high", "low", "close")
    full = f.when(f.count("close").over(last_20) == 20, f.avg("close").over(last_20))
    return {
        "daily": bars.groupBy("symbol", f.to_date("ts").alias("date")).agg(*(f.avg(p).alias(p) for p in prices)),
        "hourly": bars.groupBy("symbol", f.date_trunc("hour", "ts").alias("hour")).agg(f.max("high").alias("high")),
        "average": bars.select("symbol", "ts", full.alias("average")),
    }


def main(out: str, files: list[str]) -> None:
    """Start Spark on two cores, then take the time from the first read to the last write."""
    spark = (
        SparkSession.builder.master("local[2]")
        .appName("bench")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.local.dir", f"{out}.tmp")
        .getOrCreate()
    )
    start = perf_counter()
    for name, table in tables(spark.read.parquet(*files)).items():
        table.write.parquet(f"{out}/{name}")
    print(perf_counter() - start)
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
