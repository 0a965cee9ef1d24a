namespace Tars.Simulation.Randomness;

/// <summary>A stationary first-order autoregression with normal innovations and mean zero.</summary>
/// <param name="random">Where innovations come from.</param>
/// <param name="persistence">Correlation of neighbours, in [0, 1).</param>
/// <param name="deviation">Standard deviation of the process.</param>
internal sealed class Autoregression(RandomStream random, double persistence, double deviation)
{
    private readonly double _innovation = deviation * Math.Sqrt(1 - (persistence * persistence));
    private double _value = deviation * random.Normal();

    /// <summary>The next value.</summary>
    public double Next() => _value = (persistence * _value) + (_innovation * random.Normal());
}
