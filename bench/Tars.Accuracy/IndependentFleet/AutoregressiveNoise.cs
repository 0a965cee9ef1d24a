namespace Tars.Accuracy.IndependentFleet;

/// <summary>A first-order autoregressive process with mean 0 and a given stationary deviation, one step per scrape.</summary>
public sealed class AutoregressiveNoise
{
    private readonly Xoshiro256 _random;
    private readonly double _memory;
    private readonly double _kick;
    private double _value;

    /// <summary>Starts in the stationary state.</summary>
    /// <param name="random">The stream to draw from.</param>
    /// <param name="deviation">Stationary standard deviation.</param>
    /// <param name="correlationMinutes">Minutes after which the autocorrelation has fallen to 1/e.</param>
    public AutoregressiveNoise(Xoshiro256 random, double deviation, double correlationMinutes)
    {
        _random = random;
        _memory = Math.Exp(-1 / correlationMinutes);
        _kick = deviation * Math.Sqrt(1 - (_memory * _memory));
        _value = deviation * random.Normal();
    }

    /// <summary>The next value.</summary>
    public double Next()
    {
        _value = (_memory * _value) + (_kick * _random.Normal());
        return _value;
    }
}
