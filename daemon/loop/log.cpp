#include "loop/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace vigil::loop::log {

namespace {

// sd-daemon(3): <3> error, <4> warning, <5> notice, <6> informational.
class Priority : public spdlog::custom_flag_formatter {
public:
    void format(spdlog::details::log_msg const& message, std::tm const&, spdlog::memory_buf_t& out) override {
        char level = '6';
        if (message.level == spdlog::level::err)
            level = '3';
        else if (message.level == spdlog::level::warn)
            level = '4';
        else if (message.level == spdlog::level::info)
            level = '5';
        const char prefix[] = {'<', level, '>'};
        out.append(prefix, prefix + sizeof prefix);
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

} // namespace

void start() {
    auto logger = std::make_shared<spdlog::logger>("vigild", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<Priority>('Q').set_pattern("%Q%v");
    logger->set_formatter(std::move(formatter));
    logger->set_level(spdlog::level::debug);
    logger->flush_on(spdlog::level::debug);
    spdlog::set_default_logger(std::move(logger));
}

void error(std::string_view line) { spdlog::error("{}", line); }
void warning(std::string_view line) { spdlog::warn("{}", line); }
void notice(std::string_view line) { spdlog::info("{}", line); }
void info(std::string_view line) { spdlog::debug("{}", line); }

} // namespace vigil::loop::log
