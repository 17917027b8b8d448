using Microsoft.Extensions.Logging.Console;

namespace GitOpsOperator.Operator.Commands;

internal static class OperatorLogging
{
    /// <summary>One line an event, on standard error for commands whose output is their result.</summary>
    public static void Configure(ILoggingBuilder logging, LogLevel least, bool toStandardError)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(least);
        logging.AddFilter("Quartz", LogLevel.Warning);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = toStandardError ? LogLevel.Trace : LogLevel.None
        );
    }
}
