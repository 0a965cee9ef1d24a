namespace Tars.Observability.Anomalies;

/// <summary>A lasting change of a course, in coarse bins.</summary>
/// <param name="Form">Its form.</param>
/// <param name="From">First bin.</param>
/// <param name="To">First bin after the growth (ramp) or after the changed level (step).</param>
/// <param name="Amplitude">Its height on the course's scale; of a ramp, the height it reaches.</param>
/// <param name="Score">Height over its standard error.</param>
internal sealed record SlowShape(SlowForm Form, int From, int To, double Amplitude, double Score)
{
    /// <summary>The shape at a position, in bins (fractions allowed).</summary>
    public double At(double bin) => Form switch
    {
        SlowForm.Step => bin >= From && bin < To ? Amplitude : 0,
        SlowForm.ReleasedRamp => bin >= From && bin < To ? Amplitude * (bin - From) / (To - From) : 0,
        _ => bin < From ? 0 : Amplitude * Math.Min(1, (bin - From) / (To - From)),
    };
}

/// <summary>The forms a lasting change can have.</summary>
internal enum SlowForm
{
    /// <summary>A new level from one bin to another.</summary>
    Step,

    /// <summary>A steady growth that ends at its start level, as a leak does at a restart.</summary>
    ReleasedRamp,

    /// <summary>A steady growth that stays where it ended.</summary>
    LastingRamp,
}
