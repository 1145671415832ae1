package io.tsdb.cluster.node.demo;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// One simulated truck: drives, rests, burns fuel, and writes its state as a line. One thread.
///
/// Values are scaled integers: tenths of km/h and of degrees, hundredths of a litre, hundred
/// thousandths of a degree on the map.
final class Truck {
    private static final String[] DEPOTS = {"berlin", "lyon", "milan", "porto", "vienna", "warsaw"};
    private static final long[] LATITUDES = {5252000, 4576400, 4546400, 4115800, 4820800, 5223000};
    private static final long[] LONGITUDES = {1340500, 483600, 918800, -862900, 1637400, 2101200};
    private static final String[] MODELS = {"actros", "fh16", "r500", "tgx"};
    private static final int SPEED_MAX_TENTHS = 900;
    private static final int TANK_HUNDREDTHS = 40_000;

    private final byte[] series;
    private long latitude;
    private long longitude;
    private int headingLatitude;
    private int headingLongitude;
    private int speedTenths;
    private int fuelHundredths;
    private int cargoTenths;
    private long odometerMetres;
    private long metresCarried;
    private boolean driving;
    private int secondsInState;

    Truck(int number, RandomGenerator random) {
        int depot = random.nextInt(DEPOTS.length);
        String model = MODELS[random.nextInt(MODELS.length)];
        this.series =
                "truck,depot=%s,device=truck-%04d,model=%s "
                        .formatted(DEPOTS[depot], number, model)
                        .getBytes(StandardCharsets.US_ASCII);
        this.latitude = LATITUDES[depot] + random.nextInt(-2000, 2000);
        this.longitude = LONGITUDES[depot] + random.nextInt(-2000, 2000);
        this.fuelHundredths = random.nextInt(TANK_HUNDREDTHS / 4, TANK_HUNDREDTHS);
        this.cargoTenths = random.nextInt(20, 80);
        this.odometerMetres = random.nextInt(400_000_000);
        this.driving = random.nextInt(3) > 0;
        this.secondsInState = random.nextInt(1, 7200);
        turn(random);
    }

    /// Lives through some seconds.
    void advance(int seconds, RandomGenerator random) {
        secondsInState -= seconds;
        if (secondsInState <= 0) {
            driving = !driving;
            secondsInState = driving ? random.nextInt(1800, 14_400) : random.nextInt(600, 3600);
            turn(random);
        }
        if (driving) {
            drive(seconds, random);
        } else {
            speedTenths = 0;
        }
        cargoTenths = Math.clamp(cargoTenths + random.nextInt(-1, 2), 15, 120);
    }

    private void drive(int seconds, RandomGenerator random) {
        speedTenths = Math.clamp(speedTenths + random.nextInt(-60, 90), 150, SPEED_MAX_TENTHS);
        long metres = metresCarried + (long) speedTenths * seconds * 10; // of 1/360 m
        odometerMetres += metres / 360;
        metresCarried = metres % 360;
        latitude += (long) headingLatitude * speedTenths * seconds / 40_000;
        longitude += (long) headingLongitude * speedTenths * seconds / 40_000;
        fuelHundredths -= speedTenths * seconds / 1200;
        if (fuelHundredths < TANK_HUNDREDTHS / 20) {
            fuelHundredths = TANK_HUNDREDTHS;
        }
        if (random.nextInt(200) == 0) {
            turn(random);
        }
    }

    private void turn(RandomGenerator random) {
        headingLatitude = random.nextInt(-10, 11);
        headingLongitude = random.nextInt(-10, 11);
    }

    /// Appends the line of this moment.
    void write(LineText out, long timeMillis) {
        out.text(series).text("speed=").decimal(speedTenths, 1);
        out.text(",fuel=").decimal(fuelHundredths, 2);
        out.text(",cargo_temperature=").decimal(cargoTenths, 1);
        out.text(",latitude=").decimal(latitude, 5);
        out.text(",longitude=").decimal(longitude, 5);
        out.text(",odometer=").whole(odometerMetres).text("i,driving=");
        out.text(driving ? "t " : "f ").whole(timeMillis).text("000000\n");
    }
}
